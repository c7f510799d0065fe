/** The one way from a virtual thread into Hibernate Reactive. */
@NullMarked
package io.keyturn.kit.bridge;

import org.jspecify.annotations.NullMarked;
