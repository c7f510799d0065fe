package io.keyturn.testbed.canary;

/**
 * A planted value was found where it must not be. The value itself is not part of this.
 *
 * @param place where, for a person
 * @param planted the name under which the value was planted
 * @param form how it was written there: raw, base64, hex, …
 */
public record Find(String place, String planted, String form) {}
