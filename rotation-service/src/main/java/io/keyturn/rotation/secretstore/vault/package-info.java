/** Vault and OpenBao, KV version 2. */
@NullMarked
package io.keyturn.rotation.secretstore.vault;

import org.jspecify.annotations.NullMarked;
