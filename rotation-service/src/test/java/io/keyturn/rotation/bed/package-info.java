/** Real servers for the tests of rotation-service, set up from deploy/ as an installer does. */
@NullMarked
package io.keyturn.rotation.bed;

import org.jspecify.annotations.NullMarked;
