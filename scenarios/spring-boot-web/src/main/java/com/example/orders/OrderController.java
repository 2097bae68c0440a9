package com.example.orders;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Orders over HTTP. */
@RestController
@RequestMapping("/orders")
class OrderController {
    record NewOrder(String item, int quantity) {}

    private final OrderRepository orders;
    private final AuditLog audit;

    OrderController(OrderRepository orders, AuditLog audit) {
        this.orders = orders;
        this.audit = audit;
    }

    @GetMapping
    List<Order> list() {
        return orders.findAll();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Order place(@RequestBody NewOrder order) {
        Order placed = orders.insert(order.item(), order.quantity());
        audit.append("placed order " + placed.id());
        return placed;
    }
}
