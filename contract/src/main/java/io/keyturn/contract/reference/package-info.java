/** The closed set of things an event may name: objects, versions, ids, fingerprints. None of them has room for a secret value by intent; each one checks its own form. */
@NullMarked
package io.keyturn.contract.reference;

import org.jspecify.annotations.NullMarked;
