/** Random faults by seed under rotations that never stop being asked for; judged from outside only. */
@NullMarked
package io.keyturn.system.chaos;

import org.jspecify.annotations.NullMarked;
