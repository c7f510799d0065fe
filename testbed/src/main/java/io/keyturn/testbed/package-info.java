/** Real servers on this machine, pod runner, fault proxy, scenario, canary. */
@NullMarked
package io.keyturn.testbed;

import org.jspecify.annotations.NullMarked;
