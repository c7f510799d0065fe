/** What is under way at each target, so that one that is slow or silent holds up nobody else. Pure. */
@NullMarked
package io.keyturn.rotation.bulkhead;

import org.jspecify.annotations.NullMarked;
