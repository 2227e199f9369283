#!/usr/bin/perl
# Text is folded by the same rule in C (scim_fold) and in SQL (scim.fold), because C makes keys that SQL searches. Both fold all characters
# of Unicode, their normal forms, and characters that depend on their neighbours; the results are compared byte by byte.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/fold.t
use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";
use ScimCluster;
use Test::More;

(my $fold = $scimctl[0] // '') =~ s{[^/]+$}{t/unit/fold};
-x $fold or BAIL_OUT("$fold is missing: make t/unit/fold");
start_cluster();
quietly("$bin/createdb", 'scim');
run(qw(db init));

# Combining marks of Unicode 15, which ICU 72 has and PostgreSQL 15 has not: only ICU sorts them.
my $newer = sql('show server_version_num') < 160000 ? join ',', 0x1e4ec, 0x1e4ed : '';
my $every = 'select i, chr(i) as c from generate_series(1, 1114111) as i where i not between 55296 and 57343';
my @cases = (
    ['every character'      => "select c from ($every) as e"],
    ['in its composed form' => "select normalize(c, nfc) from ($every) as e where c is not nfc normalized"],
    map({ ["in the form $_" => "select normalize(c, $_) from ($every) as e where c is not $_ normalized"] } qw(nfd nfkc nfkd)),
    map({ ["its $_ letter" => "select $_(c collate \"und-x-icu\") from ($every) as e where $_(c collate \"und-x-icu\") <> c"] } qw(upper lower initcap)),
    map({ my $text = $_; ["beside others: $text" => "select $text from ($every) as e where i < 131072 and i <> all ('{$newer}')"] }
        q('Aa' || c), q(c || 'Z'), q(U&'\03A3' || c), q('a' || U&'\03A3' || c || 'a'), q(c || U&'\0307'), q(c || U&'\0131i' || c), q(U&'e\0323' || c || U&'\0301'),
        q(c || U&'\+10FFFF' || 'I')),
    ['texts at random' => q{select string_agg(chr((1 + random() * random() * 55000)::int), '') from generate_series(1, 400000) as i group by i % 50000}],
    ['long texts' => q{select repeat(t, 4000) from unnest(array['a', U&'\00C4', U&'\0130', U&'\FB03', U&'\1F88\03A3', U&'\0390']) as t}],
);

sub content {
    my ($column) = @_;
    open my $file, '<', "$dir/$column" or die "$column: $!";
    local $/;
    return scalar <$file>;
}

sql('create unlogged table texts (number serial, text text not null, folded text)');
for (@cases) {
    my ($name, $query) = @$_;
    sql("truncate texts; insert into texts (text, folded) select t, scim.fold(t) from ($query offset 0) as made (t)");
    # Each column in a separate file, with one text on each line.
    for my $column (qw(text folded)) {
        quietly("$bin/psql", '-XqAt', '-o', "$dir/$column", '-c', "select encode(convert_to($column, 'UTF8'), 'hex') from texts order by number");
    }
    my $mine   = quietly('sh', '-c', "'$fold' < '$dir/text'");
    my $theirs = content('folded');
    my $count  = $theirs =~ tr/\n//;
    cmp_ok($count, '>', 5, "$name: $count texts");
    next if ok($mine eq $theirs, "$name: folded alike");
    my @text = split /\n/, content('text');
    my @mine = split /\n/, $mine,   -1;
    my @sql  = split /\n/, $theirs, -1;
    my @wrong = grep { ($mine[$_] // '') ne $sql[$_] } 0 .. $#sql;
    diag "$text[$_]: $mine[$_], and $sql[$_] in SQL" for @wrong > 10 ? @wrong[0 .. 9] : @wrong;
}
is(sql(q{select string_agg(scim.fold(a), ',') from unnest(array[U&'STRA\00DFE', 'Strasse', U&'A\0308', U&'\0130', U&'\0131', 'I']) as a}),
    "strasse,strasse,\xc3\xa4,i\xcc\x87,\xc4\xb1,i", 'what folding means');

done_testing;
