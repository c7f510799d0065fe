package io.keyturn.kit.problem;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.keyturn.kit.server.KitServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@WithTestResource(KitServers.class)
class ProblemMapperIT {
    @Test
    void aFailureIsLoggedOnceUnderTheNameThatTheCallerIsTold() throws Exception {
        var lines = new Lines();
        var log = Logger.getLogger("io.keyturn.kit");
        log.addHandler(lines);
        try {
            var answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(failing()).build(), BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith(Problem.MEDIA_TYPE);
            var instance =
                    new ObjectMapper().readTree(answer.body()).get("instance").asText();
            assertThat(instance).startsWith("urn:uuid:");
            assertThat(answer.body()).doesNotContain(FailingResource.SECRET, "UnsupportedOperation");
            assertThat(lines.all)
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains(instance, "java.lang.UnsupportedOperationException at ", "FailingResource.fail")
                            .doesNotContain(FailingResource.SECRET));
        } finally {
            log.removeHandler(lines);
        }
    }

    private static URI failing() {
        return URI.create("http://localhost:"
                + ConfigProvider.getConfig().getValue("quarkus.http.test-port", String.class) + "/failing");
    }

    private static final class Lines extends Handler {
        final List<String> all = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            all.add(ExtLogRecord.wrap(record).getFormattedMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
