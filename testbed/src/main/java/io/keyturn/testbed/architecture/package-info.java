/** What may depend on what: the rules that hold in the kit and in every service. */
@NullMarked
package io.keyturn.testbed.architecture;

import org.jspecify.annotations.NullMarked;
