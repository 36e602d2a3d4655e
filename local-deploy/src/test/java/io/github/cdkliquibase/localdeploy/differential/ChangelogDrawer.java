package io.github.cdkliquibase.localdeploy.differential;

import io.github.cdkliquibase.localdeploy.differential.CuttingProxy.Event;
import io.github.cdkliquibase.localdeploy.differential.CuttingProxy.What;
import io.github.cdkliquibase.localdeploy.differential.DrawnChangelog.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Draws changelogs by chance, from what people write about roles, settings, temporary objects, transactions, locks,
 * timeouts and indexes, and what disturbs a run of them.
 *
 * <p>Three things are never drawn, since no tool could know what is right. What a changeset that runs once leaves in its
 * session for later changesets, where there is more than one run or a lost connection: that session is gone. Values that a sequence gives out: no
 * transaction takes one back. Work that shows when it is done twice, in front of a COMMIT of the changeset's own: only
 * the changeset knows whether it is done.
 */
final class ChangelogDrawer {

    /** What every database has before the first deploy; run by a superuser. */
    static final String TEMPLATE = """
            do $$ begin
              if to_regrole('owner_a') is null then create role owner_a; end if;
              if to_regrole('reader_b') is null then create role reader_b; end if;
            end $$;
            grant owner_a, reader_b to app;
            grant create on schema public to owner_a;
            create schema shop authorization owner_a;
            grant all on schema shop to app;
            alter default privileges for role app grant all on tables to owner_a;
            set role app;
            create table seen (what text);
            create table once (id text primary key, n int not null default 0);
            create table base (id int primary key, v text);
            insert into base select i, 'v' || i % 3 from generate_series(1, 6) i;
            create type mood as enum ('none');
            create sequence ticket;
            create procedure keeps(name text) language plpgsql as $$ begin
              insert into once values (name) on conflict do nothing;
              commit;
              update once set n = 1 where id = name;
            end $$;
            reset role;
            set role owner_a;
            create table shop.item (id int primary key, name text);
            grant all on shop.item to app;
            reset role;
            """;

    private final Random random;
    private int number;

    ChangelogDrawer(Random random) {
        this.random = random;
    }

    /**
     * A changelog and what happens to it.
     *
     * @param broken as it is deployed first; null if nothing is wrong with it
     * @param changelog as it is deployed then, until it is applied
     * @param events what happens to the runs of the first one
     * @param later what happens to the runs of the other one
     */
    record Drawn(@Nullable DrawnChangelog broken, DrawnChangelog changelog, List<Event> events, List<Event> later) {}

    Drawn draw() {
        List<Event> events = events();
        List<DrawnChangeset> changesets = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            changesets.add(i == 0 && chance(20) ? always() : changeset());
        }
        boolean breaks = chance(45);
        if (events.isEmpty() && !breaks && chance(40)) {
            changesets.add(random.nextInt(changesets.size() + 1), leaking());
        }
        boolean oneDeploy = events.isEmpty() && !breaks;
        if (!oneDeploy && resetsWhatIsSetAlways(changesets)) {
            changesets.set(0, changeset());
        }
        if (chance(50)) {
            changesets.add(reader(changesets.get(0)));
        }
        Format format = chance(70) ? Format.SQL : chance(50) ? Format.YAML : Format.XML;
        DrawnChangelog whole = new DrawnChangelog(format, plainIn(format, changesets));
        if (!breaks) {
            return new Drawn(null, whole, events, List.of());
        }
        int at = random.nextInt(count);
        DrawnChangeset victim =
                whole.changesets().get(Math.min(at, whole.changesets().size() - 1));
        Broken broken = broken(victim);
        return new Drawn(with(whole, victim, broken.broken()), with(whole, victim, broken.mended()), events, events());
    }

    // Then the number of deploys decides what the changesets after it see, with plain Liquibase too: a changeset that
    // runs
    // once resets a setting in the first deploy, and in the second deploy the changeset that always runs sets it again.
    private static boolean resetsWhatIsSetAlways(List<DrawnChangeset> changesets) {
        return changesets.get(0).attributes().contains("runAlways:true")
                && changesets.stream()
                        .flatMap(each -> each.statements().stream())
                        .anyMatch(statement -> statement.startsWith("reset ") || statement.startsWith("discard "));
    }

    // Preconditions are written in the syntax of SQL files.
    private static List<DrawnChangeset> plainIn(Format format, List<DrawnChangeset> changesets) {
        return format == Format.SQL
                ? changesets
                : changesets.stream()
                        .map(each -> new DrawnChangeset(
                                each.id(), each.attributes(), "", each.statements(), each.repeatable()))
                        .toList();
    }

    private static DrawnChangelog with(DrawnChangelog changelog, DrawnChangeset old, DrawnChangeset replacement) {
        return new DrawnChangelog(
                changelog.format(),
                changelog.changesets().stream()
                        .map(each -> each.equals(old) ? replacement : each)
                        .toList());
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    private <T> T one(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** What happens to runs: nothing, one thing, or several. */
    private List<Event> events() {
        int roll = random.nextInt(100);
        if (roll < 40) {
            return List.of();
        }
        List<Event> events = new ArrayList<>();
        int count = roll < 85 ? 1 : 2 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            What what = chance(8)
                    ? one(What.KILLED_BEFORE, What.KILLED_AFTER)
                    : one(What.LOST_REQUEST, What.LOST_ANSWER, What.TERMINATED);
            events.add(new Event(what, 4 + random.nextInt(70)));
        }
        return events;
    }

    // --- changesets

    /** Sets something for the whole run, in each run. */
    private DrawnChangeset always() {
        String statement = one(
                "set role owner_a",
                "set search_path = shop, public",
                "select set_config('app.tenant', 'acme', false)",
                "do 'begin perform set_config(''app.tenant'', ''nova'', false); end'",
                "set lock_timeout = '9s'",
                "create or replace temp view tenant as select 'temporary' as name");
        return new DrawnChangeset(id(), List.of("runAlways:true"), "", List.of(statement), true);
    }

    /** Writes down what the session has. */
    private DrawnChangeset reader(DrawnChangeset first) {
        String seen = first.statements().get(0).startsWith("create or replace temp view tenant")
                ? "select 'reader ' || name from tenant"
                : "values ('reader ' || current_user || current_setting('search_path') || coalesce(nullif(current_setting('app.tenant', true), ''), '-'))";
        return new DrawnChangeset(
                id(),
                chance(30) ? List.of("runInTransaction:false") : List.of(),
                "",
                List.of("insert into public.seen " + seen),
                false);
    }

    /** Leaves something in the session, once. */
    private DrawnChangeset leaking() {
        String statement = one(
                "set role owner_a",
                "set search_path = shop, public",
                "select set_config('app.tenant', 'once', false)",
                "set timezone = 'Asia/Tokyo'",
                "set statement_timeout = '11s'",
                "create temp table leaked as select 5 as n");
        List<String> attributes = chance(30) ? List.of("runInTransaction:false") : List.of();
        return new DrawnChangeset(id(), attributes, "", List.of(statement), true);
    }

    private DrawnChangeset changeset() {
        int roll = random.nextInt(100);
        if (roll < 8) {
            return tolerant();
        } else if (roll < 14) {
            return replaced();
        } else if (roll < 20) {
            return index();
        } else if (roll < 26) {
            return ofItsOwn();
        }
        boolean outside = chance(40);
        List<String> statements = new ArrayList<>();
        int pieces = 1 + random.nextInt(3);
        for (int i = 0; i < pieces; i++) {
            statements.addAll(outside ? outside() : inside());
        }
        return new DrawnChangeset(id(), outside ? List.of("runInTransaction:false") : List.of(), "", statements, false);
    }

    private String id() {
        return "c" + ++number;
    }

    /** Fails each time, and the changelog puts up with it. */
    private DrawnChangeset tolerant() {
        return new DrawnChangeset(
                id(),
                List.of("failOnError:false"),
                "",
                List.of("insert into seen values ('never')", "insert into base values (1, 'again')"),
                true);
    }

    /** Executed again when somebody edits it. */
    private DrawnChangeset replaced() {
        int n = ++number;
        return new DrawnChangeset(
                id(),
                List.of("runOnChange:true"),
                "",
                List.of("create or replace view v%d as select id, v from base where id > %d"
                        .formatted(n, random.nextInt(5))),
                true);
    }

    /** Builds an index, unless it is there. */
    private DrawnChangeset index() {
        String name = "made_" + ++number;
        return new DrawnChangeset(
                id(),
                List.of("runInTransaction:false"),
                "--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 select count(*) from pg_class where relname = '%s'\n"
                        .formatted(name),
                List.of("create index concurrently " + name + " on base (v)"),
                false);
    }

    /** What must have a changeset for itself. */
    private DrawnChangeset ofItsOwn() {
        int n = ++number;
        return switch (random.nextInt(4)) {
            case 0 ->
                new DrawnChangeset(
                        id(), List.of(), "", List.of("set transaction read only", "select count(*) from seen"), true);
            case 1 ->
                new DrawnChangeset(
                        id(),
                        List.of(),
                        "",
                        List.of("set local role owner_a", "create table shop.local%d (id int)".formatted(n)),
                        false);
            case 2 ->
                new DrawnChangeset(
                        id(),
                        List.of("runInTransaction:false"),
                        "",
                        List.of(
                                "begin",
                                "create table if not exists b%d (id int)".formatted(n),
                                "insert into once values ('b%d') on conflict do nothing".formatted(n),
                                "commit",
                                "update once set n = 2 where id = 'b%d'".formatted(n)),
                        true);
            default ->
                new DrawnChangeset(
                        id(),
                        List.of(),
                        "",
                        List.of(
                                "insert into once values ('k%d') on conflict do nothing".formatted(n),
                                "commit",
                                "update once set n = 3 where id = 'k%d'".formatted(n)),
                        true);
        };
    }

    // --- pieces of changesets

    private static List<String> piece(String statements, int n) {
        return Arrays.stream(statements.replace("#", Integer.toString(n)).split(" ;; "))
                .map(String::strip)
                .toList();
    }

    private List<String> inside() {
        return chance(40)
                ? anywhere()
                : piece(
                        one(
                                "set local role owner_a ;; create table shop.r# (id int) ;; insert into seen values ('r# ' || current_user) ;; reset role",
                                "select set_config('role', 'owner_a', true) ;; create table shop.q# (id int)",
                                "do 'begin set local role owner_a; create table shop.d# (id int); end'",
                                "set local search_path = shop, public ;; create table in_shop# (id int) ;; insert into seen values ('p# ' || current_setting('search_path'))",
                                "set local timezone = 'Asia/Tokyo' ;; insert into seen values ('z# ' || current_setting('timezone'))",
                                "set local lock_timeout = '21s' ;; set local statement_timeout = '17s' ;; insert into seen values ('t# ' || current_setting('lock_timeout') || current_setting('statement_timeout'))",
                                "set local row_security = off ;; insert into seen values ('s# ' || current_setting('row_security'))",
                                "select set_config('app.tenant', 'local', true) ;; insert into seen values ('l# ' || current_setting('app.tenant', true))",
                                "create temp table tmp# (id int) on commit drop ;; insert into tmp# values (1), (2) ;; insert into seen select 'o# ' || count(*) from tmp#",
                                "savepoint a# ;; insert into seen values ('not here #') ;; rollback to savepoint a# ;; insert into seen values ('a#') ;; release savepoint a#",
                                "lock table base in share mode ;; insert into seen values ('m#')",
                                "select pg_advisory_xact_lock(#) ;; insert into seen values ('x#')",
                                "select id from base where id < 4 for update ;; update base set v = 'u#' where id = 3",
                                "declare cur# cursor for select id from base ;; move 2 in cur# ;; insert into seen values ('c#') ;; close cur#",
                                "create table parent# (id int primary key) ;; create table child# (id int references parent# deferrable initially deferred) ;; insert into child# values (1) ;; insert into parent# values (1)",
                                "create index i# on base (v, id)",
                                "set constraints all deferred ;; insert into seen values ('e#')",
                                "select 1 ;; insert into seen values ('isolation# ' || current_setting('transaction_isolation'))"),
                        ++number);
    }

    private List<String> outside() {
        return chance(40)
                ? anywhere()
                : piece(
                        one(
                                "set role owner_a ;; create index concurrently i# on shop.item (name) ;; reset role",
                                "create index concurrently j# on base (v)",
                                "create unique index concurrently if not exists k# on base (id, v)",
                                "create index concurrently g# on base (id) ;; drop index concurrently g#",
                                "reindex table concurrently base ;; insert into seen values ('n#')",
                                "vacuum base ;; insert into seen values ('w#')",
                                "alter type mood add value if not exists 'm#' ;; insert into seen values ('y#')",
                                "alter type mood add value 'h#'",
                                "call keeps('call#')",
                                "create temp table tmp# (id int) ;; insert into tmp# values (1), (2) ;; insert into seen select 'tmp# ' || count(*) from tmp#",
                                "select pg_advisory_lock(#) ;; insert into seen values ('adv# ' || pg_advisory_unlock(#))",
                                "declare cur# cursor with hold for select id from base ;; move 1 in cur# ;; insert into seen values ('hold#') ;; close cur#",
                                "discard temp ;; insert into seen values ('dt#')",
                                "select pg_advisory_unlock_all() ;; insert into seen values ('ua#')",
                                "set lock_timeout = '23s' ;; insert into seen values ('lt# ' || current_setting('lock_timeout')) ;; reset lock_timeout"),
                        ++number);
    }

    private List<String> anywhere() {
        return piece(
                one(
                        "create table t# (id int primary key, v text) ;; insert into t# select i, 'v' || i from generate_series(1, 5) i ;; update t# set v = v || '!' where id > 2",
                        "insert into seen values ('one#') ;; insert into seen values ('two#')",
                        "create view w# as select count(*) as n from base ;; comment on view w# is 'a comment'",
                        "create function f#() returns int language sql as 'select #' ;; insert into seen values ('f' || f#())",
                        "set role owner_a ;; create table shop.x# (id int) ;; insert into seen values ('x# ' || current_user) ;; reset role",
                        "create table o# (id int) ;; alter table o# owner to owner_a ;; grant select on base to reader_b",
                        "set search_path = shop, public ;; create table s# (id int) ;; reset search_path",
                        "select set_config('app.tenant', 'here', false) ;; insert into seen values ('tenant# ' || current_setting('app.tenant', true)) ;; reset app.tenant",
                        "with x as (select set_config('app.tenant', 'with', false) as y) select y from x ;; insert into seen values ('with# ' || current_setting('app.tenant', true)) ;; reset app.tenant",
                        "do 'begin perform set_config(''app.tenant'', ''do'', false); end' ;; insert into seen values ('do# ' || current_setting('app.tenant', true)) ;; reset app.tenant",
                        "create temp table tmp# as select 3 as n ;; insert into seen select 'temp# ' || sum(n) from tmp# ;; drop table tmp#",
                        "select i as n into temp tmp# from generate_series(1, 4) i ;; insert into seen select 'into# ' || sum(n) from tmp#",
                        "create or replace temp view tv# as select 7 as n ;; insert into seen select 'tv# ' || n from tv#",
                        // A number that was drawn before a loss stays drawn.
                        "select setval('ticket', 41) ;; insert into seen values ('curr# ' || currval('ticket'))",
                        "select nextval('ticket'), setval('ticket', 70) ;; insert into seen values ('last# ' || (lastval() > 0))",
                        "prepare ps# as insert into seen values ('prepared#') ;; execute ps# ;; deallocate ps#",
                        "select pg_advisory_lock(#) ;; insert into seen values ('lock#') ;; select pg_advisory_unlock(#)",
                        "reset all ;; insert into seen values ('reset#')",
                        "insert into base values (#00, 'b#') ;; delete from base where id = #00 ;; insert into seen values ('gone#')",
                        "create type kind# as enum ('a', 'b') ;; create domain small# as int check (value < 10)",
                        "notify news# ;; insert into seen values ('notify#')"),
                ++number);
    }

    // --- failures

    /** A changeset that fails, and what somebody makes of it. */
    private record Broken(DrawnChangeset broken, DrawnChangeset mended) {}

    private Broken broken(DrawnChangeset of) {
        boolean outside = of.has("runInTransaction:false");
        int n = ++number;
        if (!of.precondition().isEmpty()) {
            return uniqueOverDuplicates(of);
        }
        if (outside && !of.repeatable() && chance(30)) {
            return duplicates(of, n);
        }
        List<String> failing = new ArrayList<>(of.statements());
        List<String> mended = new ArrayList<>(of.statements());
        int at = random.nextInt(failing.size() + 1);
        boolean readOnly = of.statements().contains("set transaction read only");
        failing.add(
                readOnly ? failing.size() : at,
                outside
                        ? one(
                                "insert into missing" + n + " values (1)",
                                "select 1 / 0",
                                "do 'begin raise exception ''no''; end'",
                                "insert into base values (1, 'again')",
                                "alter table base add column id int")
                        : one(
                                "insert into missing" + n + " values (1)",
                                "select 1 / 0",
                                "do 'begin raise exception ''no''; end'",
                                "insert into base values (1, 'again')",
                                "do 'begin set local statement_timeout = ''30ms''; perform pg_sleep(2); end'",
                                "create table late%d (id int, constraint one%d unique (id) deferrable initially deferred)"
                                        .formatted(n, n)));
        if (failing.get(readOnly ? failing.size() - 1 : at).startsWith("create table late")) {
            failing.add(at + 1, "insert into late%d values (1), (1)".formatted(n));
        }
        if (!readOnly && !of.repeatable()) {
            mended.add(at, "insert into seen values ('mended %d')".formatted(n));
        }
        if (outside && !of.repeatable() && at > 0 && chance(15)) {
            // A statement that was done already is another one now.
            mended.set(0, mended.get(0) + " ");
            mended.add(0, "insert into seen values ('edited %d')".formatted(n));
        }
        return new Broken(copy(of, failing), copy(of, mended));
    }

    // A unique index over rows that are not unique is left invalid; then somebody deletes the rows.
    private static Broken duplicates(DrawnChangeset of, int n) {
        List<String> failing = new ArrayList<>(of.statements());
        List<String> mended = new ArrayList<>(of.statements());
        String build = "create unique index concurrently u%d on base (v)".formatted(n);
        failing.add(build);
        mended.add("update base set v = 'unique ' || id");
        mended.add(build);
        return new Broken(copy(of, failing), copy(of, mended));
    }

    // The same where the changeset asks first whether its index is there.
    private static Broken uniqueOverDuplicates(DrawnChangeset of) {
        String build = of.statements().get(0).replace("create index", "create unique index");
        return new Broken(copy(of, List.of(build)), copy(of, List.of("update base set v = 'unique ' || id", build)));
    }

    private static DrawnChangeset copy(DrawnChangeset of, List<String> statements) {
        return new DrawnChangeset(of.id(), of.attributes(), of.precondition(), statements, of.repeatable());
    }
}
