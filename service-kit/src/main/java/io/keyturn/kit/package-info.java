/** What the four services share: secret values, inbox, outbox, relay, bridge, problem+json. */
@NullMarked
package io.keyturn.kit;

import org.jspecify.annotations.NullMarked;
