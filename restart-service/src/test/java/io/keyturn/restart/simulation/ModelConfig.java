package io.keyturn.restart.simulation;

import io.keyturn.contract.reference.ClusterName;
import io.keyturn.contract.topic.Service;
import io.keyturn.kit.messaging.KitConfig;

/** What an instance is told about itself. */
record ModelConfig(String instance) implements KitConfig {
    @Override
    public ClusterName cluster() {
        return new ClusterName(Tables.CLUSTER);
    }

    @Override
    public Service service() {
        return Service.RESTART;
    }
}
