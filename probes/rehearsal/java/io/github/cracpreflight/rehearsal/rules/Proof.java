package io.github.cracpreflight.rehearsal.rules;

/** Why a row of {@link Rules} is believed. That each proof exists is checked by test/docs/proofs.test.ts. */
public sealed interface Proof permits Section, Program, Source { }
