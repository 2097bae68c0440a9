package io.github.cracpreflight.junit5;

/** Makes text that an app controls harmless to terminals. */
final class Text {
    private Text() {}

    /** Control, format and separator characters become visible escapes; newlines and tabs stay. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (character == '\n' || character == '\t' || !isHidden(character)) printable.appendCodePoint(character);
            else printable.append(String.format("\\u{%04x}", character));
        });
        return printable.toString();
    }

    /** The same on one line. */
    static String line(String text) {
        return printable(text).replace("\n", "\\n").replace("\t", "\\t");
    }

    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
