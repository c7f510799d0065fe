/** etcd, the Kubernetes API server and its controllers as child processes. */
@NullMarked
package io.keyturn.testbed.kubernetes;

import org.jspecify.annotations.NullMarked;
