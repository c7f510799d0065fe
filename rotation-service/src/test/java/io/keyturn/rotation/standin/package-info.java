/**
 * Doubles of kinds that do not exist yet, in memory: proof that the interfaces fit them, and nothing else. All of them are beans in
 * every integration test, beside the real kinds; they handle branches that name no kind.
 */
@NullMarked
package io.keyturn.rotation.standin;

import org.jspecify.annotations.NullMarked;
