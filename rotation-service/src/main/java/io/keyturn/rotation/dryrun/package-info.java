/** What a run would do and what stands against it, found out without touching anything. */
@NullMarked
package io.keyturn.rotation.dryrun;

import org.jspecify.annotations.NullMarked;
