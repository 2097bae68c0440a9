package com.example.orders;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.runtime.Micronaut;

/** The smallest Micronaut service, with Micronaut's own CRaC support. */
@Controller("/orders")
public class Orders {
    @Get
    public String all() {
        return "[]";
    }

    public static void main(String[] args) {
        Micronaut.run(Orders.class, args);
    }
}
