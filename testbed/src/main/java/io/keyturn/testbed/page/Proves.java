package io.keyturn.testbed.page;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a test that proves what {@code docs/reliability.md} says must hold after these faults, or a part of it that the page leaves to it; or
 * that fails if one of the page's invariants is broken.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.SOURCE)
public @interface Proves {
    /** Their numbers, such as R04 or I1. */
    String[] value();
}
