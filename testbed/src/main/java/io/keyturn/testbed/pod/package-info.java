/**
 * Stands in for scheduler and kubelet: a double, and says so. No container runs; small programs of ours really use the
 * credentials that their pod was given, and behave as a kubelet's pods do wherever rotation can tell the difference.
 */
@NullMarked
package io.keyturn.testbed.pod;

import org.jspecify.annotations.NullMarked;
