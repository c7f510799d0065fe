package io.keyturn.rotation.policy;

/**
 * A thing that only one SecretRotation may manage, such as a role of a server, a place in a store or a key of a Secret.
 *
 * @param field where the spec names it
 * @param thing its name, equal wherever the same thing is meant
 */
public record Claim(String field, String thing) {}
