package io.github.cracpreflight.rehearsal.policies;

import io.github.cracpreflight.rehearsal.rules.Generation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Gives the agent's reader of policies mutated files, the same for the same number: SEED INPUTS SECONDS, whatever comes first.
 * Whatever stands there, it is read or refused in the words that CRaC has, and every question to it is answered.
 */
public class FuzzPolicies {
    private static final String[] SEEDS = {
        "type: file\npath: /srv/*.log\naction: reopen\n---\ntype: socket\nlocalPort: 80\naction: close",
        "# comment\n\nType: FILEDESCRIPTOR\nregex: .*type=SOCK_DGRAM.*\nAction: ignore\nwarn: false\n---",
        "type: pipe\naction: close\n---\n---\ntype: file\npath: [a-z]{x,y}\\*\naction: bury\n",
        "type: socket\nfamily: ip\nremoteAddress: ::1\nremotePort: *\nlistening: true\naction: reopen",
    };
    private static final String[] NASTY = { "\n", "\r", "\0", ": ", "---", "#", "type: ", "action: ", "[", "{", "\\", "*", "(", " ", "\t", "\u2028",
        "\uFEFF", "type: file\n", "path: glob:", "regex: (", "value: 99999999999" };
    /** An input has a few kilobytes and takes far less. */
    private static final long LONGEST_NANOS = 3_000_000_000L;

    public static void main(String[] args) throws Exception {
        Random random = new Random(Long.parseLong(args[0]));
        long inputs = Long.parseLong(args[1]), end = System.nanoTime() + Long.parseLong(args[2]) * 1_000_000_000L, done = 0;
        Path file = Files.createTempFile("policies", ".yaml");
        System.setProperty("jdk.crac.resource-policies", file.toString());
        try {
            for (; done < inputs && System.nanoTime() < end; done++) {
                byte[] input = mutated(random);
                Files.write(file, input);
                for (Generation generation : Generation.values()) one(generation, file, input);
            }
        } finally {
            Files.delete(file);
        }
        System.out.println(done + " inputs");
    }

    private static void one(Generation generation, Path file, byte[] input) throws Exception {
        long begin = System.nanoTime();
        try {
            PoliciesFile read = PoliciesFile.read(generation);
            Exception failure = read.failure();
            boolean said = failure == null || failure.getMessage().startsWith("Invalid rule in policies file " + file + " on lines ")
                || failure.getMessage().equals("Cannot read file " + file + " used in property jdk.crac.resource-policies");
            if (!said) throw new IllegalStateException(failure);
            for (Policy policy : read.policies())
                if (policy.type() == null || policy.action() == null) throw new IllegalStateException("a rule without type or action");
            Policies policies = Policies.load(generation);
            policies.forFile("/srv/a.log");
            policies.forPipe();
            policies.areAbout("file");
        } catch (Throwable failure) {
            throw new IllegalStateException("of " + generation + ": " + Arrays.toString(input), failure);
        }
        if (System.nanoTime() - begin > LONGEST_NANOS) throw new IllegalStateException("it took too long: " + Arrays.toString(input));
    }

    private static byte[] mutated(Random random) {
        StringBuilder text = new StringBuilder(SEEDS[random.nextInt(SEEDS.length)]);
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            int at = random.nextInt(text.length() + 1), to = Math.min(text.length(), at + random.nextInt(24));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, to);
                case 1 -> text.insert(at, NASTY[random.nextInt(NASTY.length)]);
                case 2 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
                default -> text.replace(at, to, NASTY[random.nextInt(NASTY.length)]);
            }
        }
        byte[] input = text.toString().getBytes(StandardCharsets.UTF_8);
        if (input.length > 0 && random.nextInt(4) == 0) input[random.nextInt(input.length)] = (byte) random.nextInt(256);
        return input;
    }
}
