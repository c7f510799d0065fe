/** PURE. How a publication's keys are made from a credential, and read back. */
@NullMarked
package io.keyturn.rotation.template;

import org.jspecify.annotations.NullMarked;
