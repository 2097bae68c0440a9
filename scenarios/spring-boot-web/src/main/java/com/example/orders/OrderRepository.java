package com.example.orders;

import java.sql.PreparedStatement;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;

/** Orders in the database. */
@Repository
class OrderRepository {
    private final JdbcTemplate jdbc;

    OrderRepository(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    List<Order> findAll() {
        return jdbc.query(
                "select id, item, quantity from orders order by id",
                (row, number) -> new Order(row.getLong("id"), row.getString("item"), row.getInt("quantity")));
    }

    Order insert(String item, int quantity) {
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.update(connection -> {
            PreparedStatement insert =
                    connection.prepareStatement("insert into orders (item, quantity) values (?, ?)", new String[] {"id"});
            insert.setString(1, item);
            insert.setInt(2, quantity);
            return insert;
        }, key);
        return new Order(key.getKeyAs(Long.class), item, quantity);
    }
}
