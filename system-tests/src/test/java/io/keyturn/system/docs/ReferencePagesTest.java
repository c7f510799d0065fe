package io.keyturn.system.docs;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.keyturn.testbed.page.GeneratedPage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Pages that are made from the services' sources are those that the sources make. */
class ReferencePagesTest {
    private static final Pattern NAME = Pattern.compile("\"(keyturn(?:\\.[a-z]+)+)\"");

    @Test
    void configurationPageIsFresh() {
        GeneratedPage.assertFresh(ConfigurationPage.PATH, ConfigurationPage.make());
    }

    @Test
    void logPageIsFresh() {
        GeneratedPage.assertFresh(LogPage.PATH, LogPage.make());
    }

    @Test
    void metricsPageIsFresh() {
        GeneratedPage.assertFresh(MetricsPage.PATH, MetricsPage.make());
    }

    @Test
    void reliabilityPageIsFresh() {
        GeneratedPage.assertFresh(ReliabilityPage.PATH, ReliabilityPage.make());
    }

    @Test
    void everyMetricHasAMeaning() {
        assertThat(Repository.MODULES)
                .flatExtracting(MetricsPage::meters)
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(meter.meaning())
                        .as("give %s a description", meter.name())
                        .isNotEmpty());
    }

    /** A name that only a constant holds would be missing on the pages. */
    @Test
    void everyNameInTheSourcesIsAMetricOrAPropertyOfAPageOrAConfigurationPrefix() {
        for (var module : Repository.MODULES) {
            var known = MetricsPage.meters(module).stream()
                    .map(MetricsPage.Meter::name)
                    .collect(Collectors.toSet());
            Repository.sources(module).stream()
                    .filter(source -> source.contains("@ConfigMapping("))
                    .flatMap(source -> ConfigurationPage.read(source).flat().stream())
                    .map(ConfigurationPage.Property::name)
                    .forEach(known::add);
            for (var source : Repository.sources(module)) {
                var plain = source.replaceAll("@ConfigMapping\\(prefix = \"[^\"]*\"\\)", "")
                        .replaceAll("@ConfigProperty\\([^)]*\\)", "");
                assertThat(NAME.matcher(plain).results().map(found -> found.group(1)))
                        .as(module)
                        .isSubsetOf(known);
            }
        }
    }

    @Test
    void readerOfConfigurationSeesNestedInterfacesDefaultsAndOptions() {
        var mapping = ConfigurationPage.read("""
                /** Root. */
                @ConfigMapping(prefix = "keyturn.x")
                public interface XConfig {
                    Part thePart();

                    /** Text {@code a}
                     * over two lines. */
                    @WithDefault("${HOME:{}}")
                    String home();

                    interface Part {
                        /** Who. */
                        Optional<Set<String>> whoElse();
                    }

                    final class Converter { public String convert() { return "x"; } }
                }
                """);

        assertThat(mapping.flat())
                .containsExactly(
                        new ConfigurationPage.Property(
                                "keyturn.x.the-part.who-else", "Optional<Set<String>>", null, "Who."),
                        new ConfigurationPage.Property(
                                "keyturn.x.home", "String", "${HOME:{}}", "Text `a` over two lines."));
    }
}
