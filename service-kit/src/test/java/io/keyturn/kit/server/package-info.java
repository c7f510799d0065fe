/** The real servers that the kit's tests run on. */
@org.jspecify.annotations.NullMarked
package io.keyturn.kit.server;
