/** What installers get: the chart, the images, the compose file. */
@NullMarked
package io.keyturn.system.deploy;

import org.jspecify.annotations.NullMarked;
