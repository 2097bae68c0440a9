package io.github.cracpreflight.junit5;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** A method with {@link Preflight} is invoked once for each outcome of its check. */
final class PreflightExtension implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(Preflight.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Preflight preflight = context.getRequiredTestMethod().getAnnotation(Preflight.class);
        return PreflightCheck.of(preflight).outcomes().stream().map(Invocation::new);
    }

    private record Invocation(Outcome outcome) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return outcome.name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            BeforeTestExecutionCallback failing = context -> outcome.orThrow();
            return List.of(failing);
        }
    }
}
