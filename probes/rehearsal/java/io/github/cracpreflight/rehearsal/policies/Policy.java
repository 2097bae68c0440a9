package io.github.cracpreflight.rehearsal.policies;

import java.util.Map;

/** One rule of the policies file. */
record Policy(String type, String action, Map<String, String> parameters) { }
