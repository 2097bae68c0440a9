#pragma once

struct refusal;

/* Says why the tracer can't start: one line of type "error", with what decides about it on this machine. */
void refusal_print(const struct refusal *refusal);
