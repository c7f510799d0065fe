package io.keyturn.testbed.fault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LostAnswersTest {
    private static final int END = -1;

    private final BlockingQueue<Integer> done = new LinkedBlockingQueue<>();

    @Test
    void whatIsAskedForIsDoneAndOnlyTheChosenAnswerIsLost() throws Exception {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                var proxy = LostAnswers.before("127.0.0.1", server.getLocalPort())) {
            Thread.ofVirtual().start(() -> serve(server));
            Thread.ofVirtual().start(() -> serve(server));
            proxy.lose(answer -> answer == 2);
            try (var client = new Socket("127.0.0.1", proxy.port())) {
                assertThat(ask(client, 1)).isEqualTo(1);
                assertThat(ask(client, 2)).isEqualTo(END);
            }
            try (var client = new Socket("127.0.0.1", proxy.port())) {
                assertThat(ask(client, 3)).isEqualTo(3);
            }
            assertThat(done.poll(5, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(done.poll(5, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(proxy.answers()).isEqualTo(3);
            assertThat(proxy.lost()).isEqualTo(1);
        }
    }

    private static int ask(Socket client, int what) throws IOException {
        client.getOutputStream().write(what);
        return client.getInputStream().read();
    }

    /** One connection: says what it was told. */
    private void serve(ServerSocket server) {
        try (var connection = server.accept()) {
            for (int asked = connection.getInputStream().read();
                    asked != END;
                    asked = connection.getInputStream().read()) {
                done.add(asked);
                connection.getOutputStream().write(asked);
            }
        } catch (IOException ended) {
            done.add(END);
        }
    }
}
