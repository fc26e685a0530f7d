process.stdout.write('trainyard\n')
