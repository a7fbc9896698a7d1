package org.svgen.cli.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Services of one store, of which some are killed and started again. */
final class Fleet implements AutoCloseable {
    private final StormPlace place;
    private final List<Member> members = new ArrayList<>();

    /** A service, and its address once it answers. */
    private static final class Member {
        private final ServeProcess service;
        private volatile boolean answers;

        Member(ServeProcess service) {
            this.service = service;
            Thread.ofVirtual().start(() -> answers = service.awaitUrl());
        }

        boolean answers() {
            return answers && service.isAlive();
        }
    }

    Fleet(StormPlace place) {
        this.place = place;
        for (int i = 0; i < place.services(); i++) {
            members.add(new Member(place.launch(i)));
        }
    }

    /** Kills one of them, whatever it does at the moment. */
    void kill(Random random) {
        int victim = random.nextInt(members.size());
        members.get(victim).service.kill();
    }

    /** Starts those again that were killed. */
    synchronized void restart() {
        for (int i = 0; i < members.size(); i++) {
            if (!members.get(i).service.isAlive()) {
                members.set(i, new Member(place.launch(i)));
            }
        }
    }

    /** One that answers, or did a moment ago; waits for one. */
    Api api() {
        return Await.value(this::first, found -> !found.isEmpty()).getFirst();
    }

    private synchronized List<Api> first() {
        return members.stream()
                .filter(Member::answers)
                .map(member -> Api.of(member.service.url()))
                .limit(1)
                .toList();
    }

    @Override
    public void close() {
        members.forEach(member -> member.service.close());
    }
}
