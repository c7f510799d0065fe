package io.keyturn.kit.messaging;

import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.Service;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import org.eclipse.microprofile.config.spi.Converter;

/** What every service must be told about itself. */
@ConfigMapping(prefix = "keyturn")
public interface KitConfig {
    /** The name this installation gives its cluster; first part of every record key. */
    @WithConverter(ClusterNameConverter.class)
    ClusterName cluster();

    /** Which of the four services this is; set by the service itself. */
    Service service();

    /** The name of this process among several of the same service. */
    @WithDefault("${HOSTNAME:local}-${quarkus.uuid}")
    String instance();

    /** Reads a cluster name and says what one looks like. */
    final class ClusterNameConverter implements Converter<ClusterName> {
        private static final long serialVersionUID = 1;

        @Override
        public ClusterName convert(String value) {
            return new ClusterName(value);
        }
    }
}
