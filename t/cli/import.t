#!/usr/bin/perl
# scimctl user import and user export: files, pieces, what is printed, exit codes.
#
#   SCIMCTL=/path/to/scimctl prove t/cli/import.t
use strict;
use warnings;

use FindBin ();
use lib "$FindBin::Bin/../lib";
use File::Temp ();
use JSON::PP ();
use ScimCluster;
use Test::More;

start_cluster();
quietly("$bin/createdb", 'scim');
quietly(@scimctl, 'db', 'init');
quietly(@scimctl, qw(tenant add acme));
my @to   = qw(--tenant acme);
my $dir2 = File::Temp->newdir(CLEANUP => 1);
chmod 0755, "$dir2";

sub file {
    my ($name, $text) = @_;
    open my $out, '>:raw', "$dir2/$name" or die "$name: $!";
    print $out $text;
    close $out or die "$name: $!";
    chmod 0644, "$dir2/$name";
    return "$dir2/$name";
}
sub users { return sql("select coalesce(string_agg(doc ->> 'userName', ' ' order by user_name_key), '') from scim.resource where tenant = 'acme' and type = 'User' and deleted_at is null") }

# --- the command line ----------------------------------------------------------------------------------------------------

is_run([qw(user import --help)], 0, qr/^Usage: scimctl user import FILE --tenant TENANT \[--name NAME\] \[--existing keep\|change\] \[--preview\]\n/, '');
is_run([qw(user import), @to], 2, '', qr/^scimctl: file is missing; give CSV whose first line names the columns, as `user export` writes it, or one JSON object per line; in UTF-8\. It may be the body itself, with the other arguments in the query\. Usage: scimctl user import FILE /);
is_run(['user', 'import', "$dir2/nosuch.csv", @to], 2, '', "scimctl: $dir2/nosuch.csv: No such file or directory.\n");
is_run(['user', 'import', file('a.csv', ''), @to, '--line', 3], 2, '', qr/^scimctl: user import takes no option --line;/);
is_run(['user', 'import', file('a.csv', ''), @to], 2, '', qr/^scimctl: file: It is empty;/);
is_run(['user', 'import', file('a.csv', "name,mail\n"), @to], 2, '', qr/^scimctl: file: There is no column "mail"; /);

# --- a preview, and the import -----------------------------------------------------------------------------------------------

my $csv = file('staff.csv', "userName,email,phone\nann,ann\@x.example,1\nbob,nonsense,2\ncho,,3\n");
my @report = ("line 3: refused bob: email: \"nonsense\" is no e-mail address; write one such as name\@example.com.\n");
is_run(['user', 'import', $csv, @to, '--preview'], 1, "line 2: made ann\n$report[0]line 4: made cho\n" . <<'END', '');
Import           -
Made             2
Changed          0
Same             0
Kept             0
Refused          1
Ignored columns  -
END
is(users(), '', 'a preview makes nobody');
is_run(['user', 'import', $csv, @to], 1, qr/^\Q$report[0]\EImport +[0-9a-f-]{36}\nMade +2\n/, '');
is(users(), 'ann cho', 'an import does');
is(sql('select name from scim.batch'), 'staff.csv', 'it is called as the file');
is(sql("select string_agg(distinct actor_kind, ' ') from scim.audit where tenant = 'acme' and object_type = 'User'"), 'scimctl', 'the audit log has each account');
is_run(['user', 'import', file('b.csv', "userName,phone\nann,7\ncho,3\n"), @to], 0, qr/^line 2: kept ann: phone 7 \(was 1\)\nImport .*\nSame +1\nKept +1\n/s, '');
is_run(['user', 'import', file('b.csv', "userName,phone\nann,7\ncho,3\n"), @to, '--existing', 'change'], 0, qr/^line 2: changed ann: phone 7 \(was 1\)\nImport /, '');
my $answer = run_json('user', 'import', file('c.jsonl', qq({"userName":"dan"}\n{"userName":"ann","phone":"7"}\n)), @to, '--name', 'Third');
is_deeply([@$answer{qw(made same refused ignored)}, map {"$_->{line} $_->{outcome}"} @{ $answer->{lines} }], [1, 1, 0, [], '1 made', '2 same'], 'as JSON');

# --- export ----------------------------------------------------------------------------------------------------------------

my $export = quietly(@scimctl, qw(user export), @to);
is((split /\r\n/, $export)[1], '"ann",,,"ann","ann@x.example","7",true,,"[]","[]","local"', 'user export writes CSV');
is(() = (quietly(@scimctl, qw(user export --jsonl), @to) =~ /\n/g), 3, 'or JSON lines');
quietly(@scimctl, qw(tenant add copy));
open my $pipe, '|-', 'env', @scimctl, qw(user import - --tenant copy) or die;
print $pipe $export;
close $pipe;
is($?, 0, 'standard input');
is(quietly(@scimctl, qw(user export --tenant copy)), $export, 'another tenant has the same accounts then');

# --- long files ------------------------------------------------------------------------------------------------------------

my $long = file('long.csv', join '', "userName,phone\n", map({",$_\n"} 1 .. 300_000), 'x' x 1_500_000, "\n", "eve,1\n", 'x' x 3_000_000);
my ($code, $out) = run('user', 'import', $long, @to);
is($code, 1, 'lines of a long file');
like($out, qr/^Made +1\nChanged +0\nSame +0\nKept +0\nRefused +300002\n/m, 'each is told');
my $too_long = 'refused: The line is longer than 65536 bytes, the maximum for a line; shorten it.';
is_deeply([(split /^/, $out)[299_999 .. 300_002]], ["line 300001: refused: userName: is missing; give its userName, unique without case.\n", "line 300002: $too_long\n", "line 300004: $too_long\n",
    $out =~ /^(Import .*\n)/m], 'by its line') or diag substr $out, -1000;
like(users(), qr/\beve\b/, 'also behind a line that is too long');

# An interrupted import is continued with the same file.
my $some = file('some.csv', join '', "userName\n", map {"some$_\n"} 1 .. 400);
sql("create function scim.stop() returns trigger language plpgsql as \$\$ begin if new.doc ->> 'userName' = 'some222' then raise 'stop' using errcode = '57014'; end if; return new; end \$\$;
     create trigger stop before insert on scim.resource for each row execute function scim.stop()");
($code, $out, my $err) = run('user', 'import', $some, @to);
is($code, 4, 'a fault');
like($err, qr/^Lines before line 202 are done \(import [0-9a-f-]{36}\); give the same file again to continue\.$/m, 'it tells how far it is') or diag $err;
is(sql("select count(*) from scim.resource where tenant = 'acme' and doc ->> 'userName' like 'some%'"), 200, 'whole pieces are done');
sql('drop trigger stop on scim.resource');
is_run(['user', 'import', $some, @to], 0, qr/^Import .*\nMade +200\nChanged +0\nSame +200\n/s, '');

# --- switching off asks for confirmation ----------------------------------------------------------------------------------

quietly(@scimctl, qw(tenant add asks));
sql("insert into scim.resource (tenant, type, id, doc) select 'asks', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, jsonb_build_object('userName', 'u' || i) from generate_series(1, 3) i");
sub enabled { return sql("select t.enabled || ' ' || (select count(*) from scim.resource r where r.tenant = 'asks' and r.active and r.type = 'User') from scim.tenant t where t.tenant = 'asks'") }
sub answered {
    my ($answer, @more) = @_;
    return (capture('sh', '-c', "echo $answer | script -qec '" . join(' ', @scimctl, qw(tenant disable asks --accounts deactivate), @more) . "' /dev/null"))[1];
}
like(answered('n'), qr/^Users +3\r\n.*^Who +u1, u2, u3\r\n.*tenant disable: continue\? \[y\/N\].*scimctl: Nothing was changed\./ms, 'it tells whom it would deactivate, and asks');
is(enabled(), 'true 3', 'no: nothing is changed');
like(answered('n', '--yes'), qr/^Enabled +no/m, '--yes: it does not ask');
is(enabled(), 'false 0', 'and does it');
my $warning = quietly(@scimctl, qw(tenant enable asks));
like($warning, qr/^Warnings +3 accounts were deactivated .*: scimctl batch undo ([0-9a-f-]{36}) --tenant asks$/m, 'switching on offers to bring them back');
is_run([qw(batch undo), $warning =~ /undo (\S+)/, qw(--tenant asks)], 0, qr/^Batch +\S+\nUndone +3\nLeft +0\n/, '');
is(enabled(), 'true 3', 'which it does');
like(answered('y'), qr/continue\?/, 'yes');
is(enabled(), 'false 0', 'and done');

done_testing;
