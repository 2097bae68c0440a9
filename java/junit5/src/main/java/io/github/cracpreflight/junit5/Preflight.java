package io.github.cracpreflight.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Checks an app: one passing test where it can be checkpointed, one failing test for each blocker. On a method it makes
 * a test template of it, whose body runs once for each test that passes; on a class the tests come from
 * {@link PreflightTests}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@TestTemplate
@ExtendWith(PreflightExtension.class)
public @interface Preflight {
    /** The app's command, or what replaces its image's CMD. */
    String[] command() default {};

    /** Runs the app in a container of this image. */
    String image() default "";

    /** What the report calls the app. */
    String name() default "";

    /** When the app is ready, like {@code port=8080} or {@code log=/Started/}. */
    String ready() default "";

    /** Requests between ready and checkpoint, like {@code GET http://localhost:8080/}. */
    String[] warmUp() default {};

    /** Ids of blockers that fail nobody: whole, their beginning, or a glob. */
    String[] accept() default {};

    /** More options of {@code crac-preflight check}, word by word. */
    String[] options() default {};
}
