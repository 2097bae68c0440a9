package com.example.orders;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** The smallest Quarkus service. */
@Path("/orders")
public class Orders {
    @GET
    public String all() {
        return "[]";
    }
}
