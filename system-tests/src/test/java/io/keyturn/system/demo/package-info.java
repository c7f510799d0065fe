/** What a visitor sees first. */
@NullMarked
package io.keyturn.system.demo;

import org.jspecify.annotations.NullMarked;
