package io.github.cracpreflight.junit5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValue() {
        List<Object> items = new ArrayList<>(Arrays.asList(1.0, -2.5e3, true, false, null));
        Map<String, Object> expected = Map.of("a", items, "b", Map.of(), "c", List.of(), "d\"\n\u20ac/", "\ud83d\ude00\t\\");
        assertEquals(
                expected,
                Json.parse(" {\"a\": [1, -2.5e3, true,false , null],\n\"b\":{}, \"c\": [ ], \"d\\\"\\n\\u20aC\\/\": \"\\ud83d\\ude00\\t\\\\\"} "));
    }

    @Test
    void whatIsNoJsonIsRefusedByItsPlace() {
        for (String text : List.of("", "{", "[1,]", "{\"a\" 1}", "\"a", "\"\\x\"", "\"\\u12\"", "nul", "1 2", "[1}", "--", "{a: 1}", "[".repeat(5000)))
            assertThrows(PreflightException.class, () -> Json.parse(text), text);
        assertEquals(
                "The report is no JSON: ']' was expected at character 3.",
                assertThrows(PreflightException.class, () -> Json.parse("[1 2]")).getMessage());
    }
}
