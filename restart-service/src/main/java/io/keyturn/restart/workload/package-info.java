/** Kubernetes: the index of workloads and policies fed by informers, the one patch, Events. */
@NullMarked
package io.keyturn.restart.workload;

import org.jspecify.annotations.NullMarked;
