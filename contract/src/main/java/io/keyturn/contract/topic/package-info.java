/** Topics, who may write and read them, and their configuration, as data. */
@NullMarked
package io.keyturn.contract.topic;

import org.jspecify.annotations.NullMarked;
