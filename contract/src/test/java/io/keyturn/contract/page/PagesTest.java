package io.keyturn.contract.page;

import io.keyturn.contract.event.EventType;
import io.keyturn.contract.generate.GeneratedFile;
import io.keyturn.contract.generate.Yaml;
import io.keyturn.contract.topic.Topic;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PagesTest {
    @Test
    void eventsPageIsFresh() {
        GeneratedFile.assertFresh(EventsPage.PATH, EventsPage.make());
    }

    @Test
    void customResourcePageIsFresh() {
        GeneratedFile.assertFresh(CustomResourcePage.PATH, CustomResourcePage.make());
    }

    @Test
    void reasonsPageIsFresh() {
        GeneratedFile.assertFresh(ReasonsPage.PATH, ReasonsPage.make());
    }

    @Test
    void asyncApiDocumentIsFresh() {
        GeneratedFile.assertFresh(AsyncApiDocument.PATH, AsyncApiDocument.make());
    }

    @Test
    void everyReferenceOfTheAsyncApiDocumentLeadsSomewhere() {
        var document = Yaml.read(AsyncApiDocument.make());

        assertThat(document.findValuesAsText("$ref")).isNotEmpty().allSatisfy(ref -> {
            if (ref.startsWith("#")) {
                assertThat(document.at(ref.substring(1)).isMissingNode())
                        .as(ref)
                        .isFalse();
            } else {
                assertThat(GeneratedFile.root()
                                .resolve("docs/reference")
                                .resolve(ref)
                                .normalize())
                        .exists();
            }
        });
    }

    @Test
    void everyEventAndTopicIsInBothDocuments() {
        for (var document : new String[] {EventsPage.make(), AsyncApiDocument.make()}) {
            for (var type : EventType.values()) {
                assertThat(document).contains(type.type());
            }
            for (var topic : Topic.values()) {
                assertThat(document).contains(topic.topicName());
            }
        }
    }
}
