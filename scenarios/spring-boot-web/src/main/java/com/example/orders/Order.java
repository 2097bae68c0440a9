package com.example.orders;

/** What a customer ordered; the id is the database's. */
public record Order(long id, String item, int quantity) {}
