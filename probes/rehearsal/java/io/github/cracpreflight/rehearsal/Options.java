package io.github.cracpreflight.rehearsal;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Options of the agent, {@code key=value} with commas between them; a comma inside a value is no separator. */
record Options(String word, Generation generation, String out, String pause, String folder, long timeoutMillis) {
    private static final long DEFAULT_TIMEOUT = 60_000;

    static Options atStart() {
        return parse(Vm.optionsAtStart());
    }

    static Options parse(byte[] text) {
        return parse(new String(text, StandardCharsets.UTF_8));
    }

    /** What a request leaves out is as the agent was started. */
    private static Options parse(String text) {
        Map<String, String> values = new HashMap<>();
        String word = "";
        for (String option : text.split(",(?=(?:cracVersion|timeoutMs|out|pause|folder)=|jcmd(?:,|$))")) {
            int equals = option.indexOf('=');
            if (equals < 0) word = option;
            else values.put(option.substring(0, equals), option.substring(equals + 1));
        }
        String version = values.get("cracVersion");
        Generation generation = version != null ? Generation.of(version)
            : text.isEmpty() || text.equals(Vm.optionsAtStart()) ? Generation.V25 : atStart().generation();
        String timeout = values.get("timeoutMs");
        return new Options(word, generation, values.get("out"), values.get("pause"), values.get("folder"), timeout == null ? DEFAULT_TIMEOUT : Long.parseLong(timeout));
    }
}
