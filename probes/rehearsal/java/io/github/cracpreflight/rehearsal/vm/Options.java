package io.github.cracpreflight.rehearsal.vm;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Options of the agent, {@code key=value} with commas between them; a comma inside a value is no separator. */
public record Options(String word, String version, String out, String rendezvous, String folder, long timeoutMillis) {
    private static final String NEWEST_VERSION = "25";
    private static final long DEFAULT_TIMEOUT = 60_000;

    public static Options atStart() {
        return parse(Vm.optionsAtStart());
    }

    public static Options parse(byte[] text) {
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
        if (version == null) version = text.isEmpty() || text.equals(Vm.optionsAtStart()) ? NEWEST_VERSION : atStart().version();
        String timeout = values.get("timeoutMs");
        return new Options(word, version, values.get("out"), values.get("pause"), values.get("folder"),
            timeout == null ? DEFAULT_TIMEOUT : Long.parseLong(timeout));
    }
}
