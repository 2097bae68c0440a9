package io.github.cracpreflight.junit5;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON: objects become maps, arrays lists, numbers doubles. No library, so that none can clash with an app's own. */
final class Json {
    private static final int DEEPEST = 100;
    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        if (json.peek() != '\0') throw json.unexpected("the end");
        return value;
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        enter('{');
        if (peek() != '}') {
            do {
                if (peek() != '"') throw unexpected("a name");
                String name = string();
                take(':');
                object.put(name, value());
            } while (taken(','));
        }
        leave('}');
        return object;
    }

    private List<Object> array() {
        List<Object> array = new ArrayList<>();
        enter('[');
        if (peek() != ']') {
            do array.add(value());
            while (taken(','));
        }
        leave(']');
        return array;
    }

    private void enter(char opening) {
        take(opening);
        if (++depth > DEEPEST) throw unexpected("at most " + DEEPEST + " values within each other");
    }

    private void leave(char closing) {
        take(closing);
        depth--;
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        take('"');
        while (next() != '"') {
            char character = text.charAt(at++);
            string.append(character == '\\' ? escape() : character);
        }
        at++;
        return string.toString();
    }

    private char escape() {
        char character = next();
        at++;
        return switch (character) {
            case '"', '\\', '/' -> character;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> throw unexpected("an escape");
        };
    }

    private char unit() {
        String digits = text.substring(at, Math.min(at + 4, text.length()));
        if (!digits.matches("[0-9a-fA-F]{4}")) throw unexpected("four hexadecimal digits");
        at += 4;
        return (char) Integer.parseInt(digits, 16);
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw unexpected(word);
        at += word.length();
        return value;
    }

    private Double number() {
        int begin = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        try {
            return Double.valueOf(text.substring(begin, at));
        } catch (NumberFormatException noNumber) {
            at = begin;
            throw unexpected("a value");
        }
    }

    private char next() {
        if (at >= text.length()) throw unexpected("the end of a string");
        return text.charAt(at);
    }

    /** The next character that is no space; '\0' at the end. */
    private char peek() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean taken(char character) {
        if (peek() != character) return false;
        at++;
        return true;
    }

    private void take(char character) {
        if (!taken(character)) throw unexpected("'" + character + "'");
    }

    private PreflightException unexpected(String expected) {
        return new PreflightException("The report is no JSON: " + expected + " was expected at character " + at + ".");
    }
}
