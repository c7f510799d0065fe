package io.keyturn.testbed.fault;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.keyturn.testbed.Testbed;
import io.keyturn.testbed.postgres.PostgresServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FaultProxyIT {

    private final PostgresServer postgres = Testbed.shared().postgres();
    private final FaultProxy faults = Testbed.shared().faults();

    @Test
    void connectionIsCutAndBlackHoledOnDemand() throws IOException, SQLException {
        Proxy proxy = faults.proxy("postgres-cut", postgres.host() + ":" + postgres.port());
        assertThat(answers(proxy)).isTrue();

        proxy.disable();
        assertThatThrownBy(() -> answers(proxy)).isInstanceOf(SQLException.class);
        proxy.enable();
        proxy.toxics().timeout("black-hole", ToxicDirection.DOWNSTREAM, 0);
        assertThatThrownBy(() -> answers(proxy)).isInstanceOf(SQLException.class);
        faults.reset();

        assertThat(answers(proxy)).isTrue();
    }

    private boolean answers(Proxy proxy) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + FaultProxy.port(proxy)
                + "/postgres?connectTimeout=2&socketTimeout=2&loginTimeout=2";
        try (Connection connection =
                DriverManager.getConnection(url, PostgresServer.SUPERUSER, postgres.superuserPassword())) {
            return connection.isValid(2);
        }
    }
}
